package modules

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	minio "pig/internal/products/minio/model"
)

// minioClient speaks to one MinIO server as its root user.
type minioClient struct {
	call *module.Call
	base string // such as https://10.10.10.10:9000
	root minio.Credentials
	seal *minio.Sealer // with the key of root
}

// minioArgs are the arguments that every module that speaks to MinIO takes.
func minioArgs() []module.Arg {
	return []module.Arg{
		{Name: "endpoint", Required: true}, {Name: "ca", Type: module.Path},
		{Name: "access_key"}, {Name: "secret_key"}, {Name: "unit", Default: "minio.service"},
	}
}

func newMinio(c *module.Call) minioClient {
	root := minio.Credentials{AccessKey: c.Args.String("access_key"), SecretKey: c.Args.String("secret_key")}
	return minioClient{call: c, base: strings.TrimSuffix(c.Args.String("endpoint"), "/"), root: root, seal: minio.NewSealer(root.SecretKey)}
}

// minioError is what MinIO answers instead of doing what it was asked for.
type minioError struct {
	Status        int
	Code, Message string
}

func (e *minioError) Error() string {
	switch {
	case e.Status == http.StatusForbidden && (e.Code == "" || e.Code == "SignatureDoesNotMatch" || e.Code == "InvalidAccessKeyId"):
		return "MinIO refuses the key of the root user: minio_access_key or minio_secret_key differs from the running server"
	case e.Code == "":
		return fmt.Sprintf("MinIO answered %d", e.Status)
	}
	return fmt.Sprintf("%s (%s)", e.Message, e.Code)
}

// A question may be asked again soon; a change gets the time that a busy machine takes to write it to its drives.
const (
	minioTimeout       = 15 * time.Second
	minioChangeTimeout = 30 * time.Second
)

// plain asks without saying who does, as health checks do. It gives the status of the answer.
func (m minioClient) plain(ctx context.Context, path string) (int, error) {
	var res node.Response
	err := module.Question(ctx, m.call, m.call.Args.String("unit"), func(ctx context.Context) (err error) {
		res, err = m.call.System.Net().HTTP(ctx, m.request("GET", path, nil))
		return err
	})
	return res.Status, err
}

func (m minioClient) request(method, path string, body []byte) node.Request {
	return node.Request{Method: method, URL: m.base + path, Body: body, Timeout: minioTimeout, Needs: m.call.Args.String("unit"), CAFile: m.call.Args.String("ca")}
}

// as sends a request in the name of who. With a change it does something; a plan only records that. Each change says how something shall be, so
// one that is not answered is sent again.
func (m minioClient) as(ctx context.Context, who minio.Credentials, method, path string, body []byte, change *node.Change, extra map[string]string) (answer []byte, err error) {
	err = module.Question(ctx, m.call, m.call.Args.String("unit"), func(ctx context.Context) (err error) {
		answer, err = m.try(ctx, who, method, path, body, change, extra)
		return err
	})
	return answer, err
}

// try sends a request once.
func (m minioClient) try(ctx context.Context, who minio.Credentials, method, path string, body []byte, change *node.Change, extra map[string]string) ([]byte, error) {
	r := m.request(method, path, body)
	if change != nil {
		r.Timeout = minioChangeTimeout
	}
	var err error
	if r.Header, err = who.Sign(method, r.URL, extra, body, time.Now()); err != nil {
		return nil, err
	}
	r.Change, r.ReadOnly, r.Keyed = change, change == nil, who == m.root
	r.Made = func(res node.Response) bool {
		return bytes.Contains(res.Body, []byte("<Code>BucketAlreadyOwnedByYou</Code>"))
	}
	res, err := m.call.System.Net().HTTP(ctx, r)
	if err != nil {
		return nil, err
	}
	if module.Unready(res.Status) {
		return nil, module.Busy{Cause: decodeMinio(res)}
	}
	if !r.Done(res) {
		return nil, decodeMinio(res)
	}
	return res.Body, nil
}

// decodeMinio reads an error: XML for objects, JSON for administration, nothing for HEAD.
func decodeMinio(res node.Response) error {
	e := &minioError{Status: res.Status}
	if xml.Unmarshal(res.Body, e) != nil {
		_ = json.Unmarshal(res.Body, e)
	}
	return e
}

func (m minioClient) ask(ctx context.Context, method, path string) ([]byte, error) {
	return m.as(ctx, m.root, method, path, nil, nil, nil)
}

func (m minioClient) do(ctx context.Context, method, path string, body []byte, change node.Change) error {
	_, err := m.as(ctx, m.root, method, path, body, &change, nil)
	return err
}

// admin is the path of an action of administration with its query.
func admin(action string, query ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		q.Set(query[i], query[i+1])
	}
	return "/minio/admin/v3/" + action + "?" + q.Encode()
}

// trouble adds to an error why MinIO does not do its work.
func (m minioClient) trouble(ctx context.Context, cause error) error {
	return module.Diagnose(ctx, m.call, strings.TrimSuffix(m.call.Args.String("unit"), ".service"), cause)
}
