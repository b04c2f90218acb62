package product

import (
	"pig/internal/diag"
	"pig/internal/jinja"
)

// File is a file of the controller that an inventory names.
type File struct {
	Name    string
	Pos     diag.Pos
	Missing string // what to say where there is none
}

// Filer is a product whose parameters name files of the controller.
type Filer interface {
	Files(e *Environment) []File
}

// Files finds and reads files of the controller that an inventory names.
type Files interface {
	// Find tells where it looked, also where there is no such file.
	Find(name string) (path string, looked []string, err error)
	Read(path string) ([]byte, error)
}

// Filterer is a product with filters of its own, which its roles use in templates.
type Filterer interface {
	Filters(files Files) map[string]jinja.Filter
}
