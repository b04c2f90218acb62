package builtin

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// getURL fetches a file. One that is there stays, unless force says otherwise or it has another checksum than it should.
func getURL() module.Module {
	return module.Module{
		Name: "get_url",
		Spec: module.Spec{Args: append(fileArgs(),
			module.Arg{Name: "url", Required: true}, module.Arg{Name: "dest", Type: module.Path, Required: true}, module.Arg{Name: "checksum"}, module.Arg{Name: "force", Type: module.Bool},
			module.Arg{Name: "headers", Type: module.Dict}, module.Arg{Name: "timeout", Type: module.Int, Default: int64(60)},
			module.Arg{Name: "url_username", Aliases: []string{"username"}}, module.Arg{Name: "url_password", Aliases: []string{"password"}},
			module.Arg{Name: "validate_certs", Type: module.Bool, Default: true}, module.Arg{Name: "ca_path", Type: module.Path},
		)},
		Run: runGetURL,
	}
}

func runGetURL(ctx context.Context, c *module.Call) (*value.Dict, error) {
	from := c.Args.String("url")
	u, err := url.Parse(from)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("invalid url %q: want a URL, such as https://host/file", from)
	}
	files, dest := c.System.Files(), c.Args.String("dest")
	before, err := files.Stat(dest, true)
	if err != nil {
		return nil, err
	}
	if before.Kind == node.Dir {
		dest = filepath.Join(dest, path.Base(u.Path))
		if before, err = files.Stat(dest, true); err != nil {
			return nil, err
		}
	}
	algorithm, wanted, _ := strings.Cut(c.Args.String("checksum"), ":")
	if algorithm != "" && wanted == "" {
		return nil, fmt.Errorf("checksum is ALGORITHM:DIGEST, such as sha256:9f86d0..., not %s", algorithm)
	}
	result := value.DictOf("url", from, "dest", dest)
	keep := before.Kind == node.File && !c.Args.Bool("force")
	if keep && wanted != "" {
		sum, err := checksum(files, dest, algorithm)
		if err != nil && !errors.Is(err, node.ErrUnknown) {
			return nil, err
		}
		keep = strings.EqualFold(sum, wanted)
	}
	if keep {
		return result, settle(c, dest, true)
	}
	a, err := attrs(c.Args, before)
	if err != nil {
		return nil, err
	}
	size, err := download(ctx, c, dest, algorithm, wanted)
	if err != nil {
		return nil, err
	}
	result.Set("size", size)
	return result, files.Place(dest, size, a)
}

// download stages what the URL leads to for dest, and gives its size.
func download(ctx context.Context, c *module.Call, dest, algorithm, wanted string) (int64, error) {
	req, err := request(c)
	if err != nil {
		return 0, err
	}
	sum := digest(algorithm)
	req.Into, req.Tee = dest, sum
	req.Fits = func() error {
		if got := hex.EncodeToString(sum.Sum(nil)); wanted != "" && !strings.EqualFold(got, wanted) {
			return fmt.Errorf("%s has the checksum %s:%s, not %s", req.URL, algorithm, got, wanted)
		}
		return nil
	}
	res, err := c.System.Net().HTTP(ctx, req)
	if err != nil {
		return 0, err
	}
	if res.Status != 200 {
		return 0, fmt.Errorf("%s: %d %s", req.URL, res.Status, res.Reason)
	}
	return res.Size, nil
}
