package value

import (
	"encoding/binary"
	"runtime"
	"testing"
)

// Each list claims to hold all the rest of the message: what is claimed must cost nothing.
func TestLyingLengthsCostNothing(t *testing.T) {
	const size = 1 << 20
	var b []byte
	for i := range 50 {
		b = binary.AppendUvarint(append(b, tagList), uint64(size-8*i))
	}
	b = append(b, make([]byte, size)...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := Decode(b); err == nil {
		t.Error("a list with less in it than it claims is accepted")
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 100<<20 {
		t.Errorf("%d MB were allocated for a message of one", grown>>20)
	}
}
