package product

import "pig/internal/value"

// Searcher is a product with parameters whose default only the hosts know.
type Searcher interface {
	// Searches are what has to be asked, none where the inventory writes all of them.
	Searches(e *Environment) []Search
}

// Search asks hosts for the value of a parameter that the inventory does not write.
type Search struct {
	Param   string
	Subject string   // a cluster, a host: the one whose parameter it is
	Hosts   []string // that take the value; they are asked
	Rule    string   // in words, which value is taken: "the newest major version that ..."
	// Module and Args are the question. It changes nothing.
	Module string
	Args   *value.Dict
	// Choose chooses by the answers of those hosts that gave one, and says in words where the value comes from. Without a value the
	// default of the catalog stays.
	Choose func(answers map[string]*value.Dict) (v value.Value, from string, err error)
}

// Searches are those of all products.
func Searches(e *Environment) (all []Search) {
	for _, p := range e.Products() {
		if s, ok := p.(Searcher); ok {
			all = append(all, s.Searches(e)...)
		}
	}
	return all
}

// Found are values that hosts gave, by host and parameter. They stand in for defaults: what the inventory writes comes first.
type Found map[string]*value.Dict

// Add keeps a value for some hosts.
func (f Found) Add(hosts []string, param string, v value.Value) {
	for _, h := range hosts {
		if f[h] == nil {
			f[h] = value.NewDict()
		}
		f[h].Set(param, v)
	}
}
