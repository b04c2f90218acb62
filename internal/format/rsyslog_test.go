package format

import (
	"strings"
	"testing"
)

func TestRsyslogReadsStringsBack(t *testing.T) {
	roundTrip(t, RsyslogString, func(written string) string {
		inner, ok := strings.CutPrefix(written, `"`)
		if !ok || strings.ContainsAny(written, "\n$") {
			t.Fatalf("%q", written)
		}
		var b strings.Builder
		for i := 0; i < len(inner); i++ {
			switch inner[i] {
			case '\\':
				i++
				b.WriteByte(inner[i])
			case '"':
				if i != len(inner)-1 {
					t.Fatalf("%q goes on after its end", written)
				}
			default:
				b.WriteByte(inner[i])
			}
		}
		return b.String()
	}, func(s string) bool { return isLine(s) && !strings.Contains(s, "$") })
}
