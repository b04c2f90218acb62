package pgsql

// KeyFolders is the one of certificates.
func (Product) KeyFolders() []string { return []string{"pgsql"} }
