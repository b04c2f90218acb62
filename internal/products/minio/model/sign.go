package model

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"sort"
	"strings"
	"time"
)

// Credentials are an access key with its secret.
type Credentials struct{ AccessKey, SecretKey string }

// region is where a server is that was told of none.
const region = "us-east-1"

// Sign gives the headers that prove to an S3 server who asks, as AWS Signature Version 4 has it. extra are other headers of the
// request, which are signed too.
func (c Credentials) Sign(method, target string, extra map[string]string, body []byte, now time.Time) (map[string]string, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	stamp := now.UTC().Format("20060102T150405Z")
	sum := sha256.Sum256(body)
	headers := map[string]string{"Host": u.Host, "X-Amz-Date": stamp, "X-Amz-Content-Sha256": hex.EncodeToString(sum[:])}
	for k, v := range extra {
		headers[k] = v
	}
	var names []string
	lower := map[string]string{}
	for k, v := range headers {
		n := strings.ToLower(k)
		names, lower[n] = append(names, n), strings.TrimSpace(v)
	}
	sort.Strings(names)
	var canonical strings.Builder
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	fmt.Fprintf(&canonical, "%s\n%s\n%s\n", method, path, strings.ReplaceAll(u.Query().Encode(), "+", "%20"))
	for _, n := range names {
		fmt.Fprintf(&canonical, "%s:%s\n", n, lower[n])
	}
	signed := strings.Join(names, ";")
	fmt.Fprintf(&canonical, "\n%s\n%s", signed, headers["X-Amz-Content-Sha256"])
	request := sha256.Sum256([]byte(canonical.String()))
	scope := stamp[:8] + "/" + region + "/s3/aws4_request"
	text := "AWS4-HMAC-SHA256\n" + stamp + "\n" + scope + "\n" + hex.EncodeToString(request[:])
	key := []byte("AWS4" + c.SecretKey)
	for _, part := range []string{stamp[:8], region, "s3", "aws4_request"} {
		key = mac(key, part)
	}
	headers["Authorization"] = fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s", c.AccessKey, scope, signed, hex.EncodeToString(mac(key, text)))
	delete(headers, "Host") // whoever sends the request says it
	return headers, nil
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
