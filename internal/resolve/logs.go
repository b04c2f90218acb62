package resolve

import (
	"fmt"
	"regexp"

	"pig/internal/value"
)

// insertPath is how a store's address may go on: only the store itself matters here.
var insertPath = regexp.MustCompile(`/(insert/.*)?$`)

// logStores are where the logs of a node go, each with its url and whether it is an infra node's: "infra" stands for all
// infra nodes that have a store.
func (e *Environment) logStores(n *Node) *value.List {
	stores := value.NewList()
	if !n.vars.bool("vector_enabled") {
		return stores
	}
	endpoints := n.vars.list("vector_log_endpoint")
	if resolved, ok := n.resolved.At("vector_log_endpoint").(*value.List); ok {
		endpoints = resolved
	}
	for _, item := range endpoints.Items {
		if url := value.Str(item); url != "infra" {
			stores.Append(value.DictOf("url", insertPath.ReplaceAllString(url, ""), "infra", false))
			continue
		}
		for _, i := range e.Infra {
			if i.vars.bool("vlogs_enabled") {
				port, _ := i.vars.number("vlogs_port")
				stores.Append(value.DictOf("url", fmt.Sprintf("http://%s:%d", i.Name, port), "infra", true))
			}
		}
	}
	return stores
}
