package modules

import "pig/internal/module"

// Table are the modules of MinIO.
func Table() []module.Module {
	return []module.Module{minioGrows(), minioState(), minioHealth(), minioRestart(), minioBuckets(), minioUsers()}
}
