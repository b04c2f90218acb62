package value

import (
	"encoding/json"
	"math"
	"testing"
)

// One number that JSON does not have must not spoil the document that it is in.
func TestNumbersThatJSONLacks(t *testing.T) {
	t.Parallel()
	b := JSON(DictOf("most", math.Inf(1), "least", math.Inf(-1), "none", math.NaN(), "some", 1.5))
	if want := `{"most":"inf","least":"-inf","none":"nan","some":1.5}`; string(b) != want || !json.Valid(b) {
		t.Errorf("got %s, want %s", b, want)
	}
}
