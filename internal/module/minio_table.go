package module

// MinioTable are the modules of MinIO.
func MinioTable() []Module {
	return []Module{minioGrows(), minioState(), minioHealth(), minioRestart(), minioBuckets(), minioUsers()}
}
