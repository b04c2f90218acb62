package pgsql

import (
	"fmt"

	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/value"
)

// Files are the baselines of databases, and the files of pg_files.
func (Product) Files(e *product.Environment) []product.File {
	var baselines, data []product.File
	for _, c := range Of(e) {
		written := c.Members[0].Vars.Written
		baselines = append(baselines, baselineFiles(written)...)
		data = append(data, dataFiles(c, written)...)
	}
	return append(baselines, data...)
}

func baselineFiles(written *value.Dict) (all []product.File) {
	list, _ := written.At("pg_databases").(*value.List)
	if list == nil {
		return nil
	}
	for _, item := range list.Items {
		db, ok := item.(*value.Dict)
		if !ok {
			continue
		}
		if name, ok := value.Plain(db.At("baseline")); ok && name != "" && !params.IsTemplate(name) {
			all = append(all, product.File{
				Name: name, Pos: db.ValuePos("baseline"),
				Missing: fmt.Sprintf("baseline file %q of database %s not found", name, value.Str(db.At("name"))),
			})
		}
	}
	return all
}

func dataFiles(c *Cluster, written *value.Dict) (all []product.File) {
	list, _ := written.At("pg_files").(*value.List)
	if list == nil {
		return nil
	}
	for i, item := range list.Items {
		if name, ok := value.Plain(item); ok && !params.IsTemplate(name) {
			all = append(all, product.File{Name: name, Pos: list.Pos(i), Missing: fmt.Sprintf("file %q of pg_files not found for cluster %s", name, c.Name)})
		}
	}
	return all
}
