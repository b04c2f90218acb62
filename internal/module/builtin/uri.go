package builtin

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

func uri() module.Module {
	return module.Module{
		Name: "uri",
		Spec: module.Spec{Args: append(fileArgs(),
			module.Arg{Name: "url", Required: true}, module.Arg{Name: "method", Default: "GET"},
			module.Arg{Name: "body", Type: module.Raw}, module.Arg{Name: "body_format", Default: "raw", Choices: []string{"raw", "json", "form-urlencoded", "form-multipart"}},
			module.Arg{Name: "headers", Type: module.Dict}, module.Arg{Name: "status_code", Type: module.List, Elements: module.Int},
			module.Arg{Name: "return_content", Type: module.Bool}, module.Arg{Name: "timeout", Type: module.Int, Default: int64(30)},
			module.Arg{Name: "url_username", Aliases: []string{"user"}}, module.Arg{Name: "url_password", Aliases: []string{"password"}},
			module.Arg{Name: "force_basic_auth", Type: module.Bool, Only: true}, module.Arg{Name: "validate_certs", Type: module.Bool, Default: true},
			module.Arg{Name: "client_cert", Type: module.Path}, module.Arg{Name: "client_key", Type: module.Path}, module.Arg{Name: "ca_path", Type: module.Path},
			module.Arg{Name: "follow_redirects", Default: "safe"}, module.Arg{Name: "unix_socket", Type: module.Path}, module.Arg{Name: "dest", Type: module.Path},
			module.Arg{Name: "creates", Type: module.Path}, module.Arg{Name: "removes", Type: module.Path},
			module.Arg{Name: "use_proxy", Type: module.Bool, Only: true}, module.Arg{Name: "force", Type: module.Bool}, module.Arg{Name: "read_only", Type: module.Bool},
		)},
		Run: runURI,
	}
}

func runURI(ctx context.Context, c *module.Call) (*value.Dict, error) {
	if done, _, err := guard(c); err != nil || done != "" {
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
		return nil, &module.Failure{Msg: fmt.Sprintf("Status code was %d and not %v: %s", res.Status, wanted, module.Snippet(res.Body)), Values: result}
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

func request(c *module.Call) (node.Request, error) {
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
