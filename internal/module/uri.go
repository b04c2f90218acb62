package module

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"pig/internal/node"
	"pig/internal/value"
)

func uri() Module {
	return Module{
		Name: "uri",
		Spec: Spec{Args: append(fileArgs(),
			Arg{Name: "url", Required: true}, Arg{Name: "method", Default: "GET"},
			Arg{Name: "body", Type: Raw}, Arg{Name: "body_format", Default: "raw", Choices: []string{"raw", "json", "form-urlencoded", "form-multipart"}},
			Arg{Name: "headers", Type: Dict}, Arg{Name: "status_code", Type: List, Elements: Int},
			Arg{Name: "return_content", Type: Bool}, Arg{Name: "timeout", Type: Int, Default: int64(30)},
			Arg{Name: "url_username", Aliases: []string{"user"}}, Arg{Name: "url_password", Aliases: []string{"password"}},
			Arg{Name: "force_basic_auth", Type: Bool, Only: true}, Arg{Name: "validate_certs", Type: Bool, Default: true},
			Arg{Name: "client_cert", Type: Path}, Arg{Name: "client_key", Type: Path}, Arg{Name: "ca_path", Type: Path},
			Arg{Name: "follow_redirects", Default: "safe"}, Arg{Name: "unix_socket", Type: Path}, Arg{Name: "dest", Type: Path},
			Arg{Name: "creates", Type: Path}, Arg{Name: "removes", Type: Path},
			Arg{Name: "use_proxy", Type: Bool, Only: true}, Arg{Name: "force", Type: Bool}, Arg{Name: "read_only", Type: Bool},
		)},
		Run: runURI,
	}
}

func runURI(ctx context.Context, c *Call) (*value.Dict, error) {
	if done, err := guard(c); err != nil || done != "" {
		return value.DictOf("msg", done, "changed", false), err
	}
	req, err := request(c)
	if err != nil {
		return nil, err
	}
	res, err := c.System.Net().HTTP(ctx, req)
	if err != nil {
		return nil, err
	}
	result := value.DictOf("status", int64(res.Status), "url", res.URL, "msg", fmt.Sprintf("%d %s", res.Status, res.Reason), "changed", false)
	for k, v := range res.Header {
		result.Set(strings.ReplaceAll(strings.ToLower(k), "-", "_"), v)
	}
	if c.Args.Bool("return_content") {
		result.Set("content", string(res.Body))
	}
	if strings.Contains(res.Header["Content-Type"], "json") {
		if v, err := value.ParseJSON(res.Body); err == nil {
			result.Set("json", v)
		}
	}
	wanted := []int{200}
	if c.Args.Has("status_code") {
		wanted = nil
		for _, s := range c.Args.List("status_code") {
			if n, ok := s.(int64); ok {
				wanted = append(wanted, int(n))
			}
		}
	}
	if !slices.Contains(wanted, res.Status) {
		return nil, &Failure{Msg: fmt.Sprintf("Status code was %d and not %v: %s", res.Status, wanted, Snippet(res.Body)), Values: result}
	}
	if dest := c.Args.String("dest"); dest != "" {
		a, err := attrs(c.Args, node.Info{})
		if err != nil {
			return nil, err
		}
		result.Delete("changed")
		return result, c.System.Files().Write(dest, res.Body, a)
	}
	return result, nil
}

func request(c *Call) (node.Request, error) {
	r := node.Request{
		Method: strings.ToUpper(c.Args.String("method")), URL: c.Args.String("url"), Header: map[string]string{},
		Timeout: time.Duration(c.Args.Int("timeout")) * time.Second, User: c.Args.String("url_username"), Password: c.Args.String("url_password"),
		CAFile: c.Args.String("ca_path"), CertFile: c.Args.String("client_cert"), KeyFile: c.Args.String("client_key"),
		Insecure: !c.Args.Bool("validate_certs"), Socket: c.Args.String("unix_socket"), ReadOnly: c.Args.Bool("read_only"),
		NoFollow: c.Args.String("follow_redirects") == "none" || c.Args.String("follow_redirects") == "no",
	}
	if h := c.Args.Dict("headers"); h != nil {
		for k, v := range h.All() {
			r.Header[value.KeyText(k)] = value.Str(v)
		}
	}
	body := c.Args.Get("body")
	if body == nil {
		return r, nil
	}
	switch c.Args.String("body_format") {
	case "json":
		if s, ok := value.Plain(body); ok {
			r.Body = []byte(s)
		} else {
			r.Body = value.PlainJSON(body)
		}
		setDefault(r.Header, "Content-Type", "application/json")
	case "form-urlencoded":
		d, ok := body.(*value.Dict)
		if !ok {
			return r, fmt.Errorf("a form-urlencoded body is a mapping")
		}
		form := url.Values{}
		for k, v := range d.All() {
			form.Set(value.KeyText(k), value.Str(v))
		}
		r.Body = []byte(form.Encode())
		setDefault(r.Header, "Content-Type", "application/x-www-form-urlencoded")
	default:
		r.Body = []byte(value.Str(body))
	}
	return r, nil
}

func setDefault(m map[string]string, key, val string) {
	for k := range m {
		if strings.EqualFold(k, key) {
			return
		}
	}
	m[key] = val
}
