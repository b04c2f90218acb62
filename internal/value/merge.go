package value

// Merged are two mappings as one, above winning; mappings that both have under a key are merged in turn.
func Merged(below, above *Dict) *Dict {
	all := below.Clone()
	for k, v := range above.All() {
		old, _ := all.Get(k)
		under, isDict := old.(*Dict)
		over, both := v.(*Dict)
		if isDict && both {
			v = Merged(under, over)
		}
		all.SetAt(k, v, above.KeyPos(k), above.ValuePos(k))
	}
	return all
}
