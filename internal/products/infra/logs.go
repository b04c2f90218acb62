package infra

import (
	"fmt"
	"regexp"

	"pig/internal/format"
	"pig/internal/product"
	"pig/internal/value"
)

// insertPath is how a store's address may go on: only the store itself matters here.
var insertPath = regexp.MustCompile(`/(insert/.*)?$`)

// logStores are where the logs of a node go, each with its url and whether it is an infra node's: "infra" stands for all
// infra nodes that have a store.
func logStores(e *product.Environment, n *product.Host) *value.List {
	stores := value.NewList()
	if !n.Vars.Bool("vector_enabled") {
		return stores
	}
	endpoints := n.Vars.List("vector_log_endpoint")
	if resolved, ok := n.Resolved.At("vector_log_endpoint").(*value.List); ok {
		endpoints = resolved
	}
	for _, item := range endpoints.Items {
		if url := value.Str(item); url != "infra" {
			stores.Append(value.DictOf("url", insertPath.ReplaceAllString(url, ""), "infra", false))
			continue
		}
		for _, i := range Nodes(e) {
			if store := logStore(i, n); store != "" {
				stores.Append(value.DictOf("url", store, "infra", true))
			}
		}
	}
	return stores
}

// logStore is the address of an infra node's log store for a host, "" if there is none: nginx takes the logs of others, by their
// certificates; without it the store listens for its own node only.
func logStore(n, of *product.Host) string {
	port, _ := n.Vars.Number("vlogs_port")
	switch {
	case !n.Vars.Bool("vlogs_enabled"):
		return ""
	case n.Vars.Bool("nginx_enabled"):
		return "https://" + format.HostPort(n.Name, port)
	case n.Name == of.Name:
		return fmt.Sprintf("http://127.0.0.1:%d", port)
	}
	return ""
}
