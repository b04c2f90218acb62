package minio

import (
	"pig/internal/params"
	"pig/internal/products/minio/model"
	"pig/internal/value"
)

// Disks are the directories of a member's data: each is a disk of its own.
func (Product) Disks(vars *value.Dict) []string {
	if !vars.Has("minio_cluster") {
		return nil
	}
	data := params.Lookup("minio_data").Default
	if v := vars.At("minio_data"); v != nil {
		data = v
	}
	return model.Dirs(value.Str(data))
}

// FromSource is MinIO itself.
func (Product) FromSource(vars *value.Dict, _ bool) (needed, liked []string) {
	if vars.Has("minio_cluster") {
		return []string{"minio"}, nil
	}
	return nil, nil
}
