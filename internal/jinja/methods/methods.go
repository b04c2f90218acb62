package methods

import (
	"pig/internal/jinja/plugin"
)

// Set are the methods of Python's types that values have.
type Set struct {
	Str, List, Tuple, Dict, Mapping, Number, Bytes, Time plugin.Table
}

// New makes the tables.
func New() Set {
	return Set{
		Str: strMethods(), List: listMethods(), Tuple: tupleMethods(), Dict: dictMethods(), Mapping: mappingMethods(),
		Number: numberMethods(), Bytes: bytesMethods(), Time: timeMethods(),
	}
}
