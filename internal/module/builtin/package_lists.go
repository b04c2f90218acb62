package builtin

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// aptLists is where apt keeps what it fetched of repositories.
const aptLists = "/var/lib/apt/lists"

// packageLists refreshes the package lists if they are older than a repository that has changed since: its InRelease at url is none of those
// that apt has. A repository that does not answer changes nothing: whoever installs from it will tell. It returns cache_updated.
func packageLists() module.Module {
	return module.Module{
		Name: "package_lists",
		Spec: module.Spec{Args: []module.Arg{{Name: "url", Required: true}}},
		Run:  runPackageLists,
	}
}

func runPackageLists(ctx context.Context, c *module.Call) (*value.Dict, error) {
	result := value.DictOf("cache_updated", false)
	answer, err := c.System.Net().HTTP(ctx, node.Request{URL: c.Args.String("url"), Timeout: 10 * time.Second, ReadOnly: true})
	if err != nil || answer.Status != http.StatusOK {
		return result, nil //nolint:nilerr // see above
	}
	known, err := fetched(c, string(answer.Body))
	if err != nil || known {
		return result, err
	}
	result.Set("cache_updated", true)
	return result, c.System.Packages().Refresh(ctx)
}

// fetched tells whether apt has an InRelease with this text.
func fetched(c *module.Call, text string) (bool, error) {
	names, err := c.System.Files().List(aptLists)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, node.ErrUnknown) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, name := range names {
		if !strings.HasSuffix(name, "_InRelease") {
			continue
		}
		have, err := c.System.Files().Read(path.Join(aptLists, name))
		if err == nil && string(have) == text {
			return true, nil
		}
	}
	return false, nil
}
