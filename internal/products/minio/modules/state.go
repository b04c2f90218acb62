package modules

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"

	"pig/internal/module"
	"pig/internal/value"
)

// minioState tells how this node's MinIO is: the state of its drives, whether the cluster takes writes, and which servers it has. It changes
// nothing. names are those under which the other nodes know this one.
func minioState() module.Module {
	return module.Module{
		Name: "minio_state",
		Spec: module.Spec{Args: append(minioArgs(), module.Arg{Name: "names", Type: module.List, Elements: module.Str})},
		Run:  runMinioState,
	}
}

func runMinioState(ctx context.Context, c *module.Call) (*value.Dict, error) {
	m := newMinio(c)
	status, err := m.plain(ctx, "/minio/health/cluster")
	if err != nil {
		return nil, err
	}
	result := value.DictOf("writes", status == http.StatusOK, "state", "online", "changed", false)
	body, err := m.ask(ctx, "GET", admin("info"))
	if err != nil {
		result.Set("state", err.Error())
		return result, nil
	}
	var info struct {
		Servers []struct {
			Endpoint string `json:"endpoint"`
			State    string `json:"state"`
			Drives   []struct {
				Path  string `json:"path"`
				State string `json:"state"`
			} `json:"drives"`
		} `json:"servers"`
	}
	if err := json.Unmarshal(body, &info); err != nil {
		return nil, err
	}
	servers := value.NewList()
	for _, s := range info.Servers {
		host, err := url.Parse("//" + s.Endpoint)
		if err != nil {
			continue
		}
		if len(info.Servers) > 1 { // a server that is alone may call itself localhost
			servers.Append(host.Hostname())
			if !slices.Contains(c.Args.Strings("names"), host.Hostname()) {
				continue
			}
		}
		drives := value.NewList()
		for _, d := range s.Drives {
			drives.Append(value.DictOf("path", d.Path, "state", d.State))
		}
		result.Set("state", s.State)
		result.Set("drives", drives)
	}
	result.Set("servers", servers)
	return result, nil
}
