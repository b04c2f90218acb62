module pig

go 1.26
