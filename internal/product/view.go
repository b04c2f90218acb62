package product

import "pig/internal/value"

// View is the environment as people and programs may look at it: clusters with their members, roles, services and rules.
func (e *Environment) View() *value.Dict {
	d := value.DictOf("nodes", value.NewList()) // hosts come first
	for _, p := range e.products {
		p.View(e, d)
	}
	return d
}

// Listed is the list of what view makes of each item.
func Listed[T any](items []T, view func(T) *value.Dict) *value.List {
	l := value.NewList()
	for _, item := range items {
		l.Append(view(item))
	}
	return l
}

// SetListed sets name to the list of what view makes of each item, unless there is none.
func SetListed[T any](d *value.Dict, name string, items []T, view func(T) *value.Dict) {
	if len(items) > 0 {
		d.Set(name, Listed(items, view))
	}
}
