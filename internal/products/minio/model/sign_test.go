package model

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
	"time"
)

// The example "GET Bucket Lifecycle" of Amazon's documentation of Signature Version 4, with its published signature.
func TestSign(t *testing.T) {
	t.Parallel()
	c := Credentials{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
	h, err := c.Sign("GET", "https://examplebucket.s3.amazonaws.com/?lifecycle", nil, nil, time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	const want = "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
	if got := h["Authorization"]; !strings.HasSuffix(got, "Signature="+want) || !strings.Contains(got, "SignedHeaders=host;x-amz-content-sha256;x-amz-date,") {
		t.Error(got)
	}
}

// What MinIO's own client library made of the same text with the same salt and nonce.
func TestSeal(t *testing.T) {
	t.Parallel()
	want, err := hex.DecodeString("ae9113c565c50700c70d4d9fbbd9aa437ed343c19ea28f5ab8374e475789145f00b3cf2bb1cdfda479878541e399d8008a5be4c3e1eda160a058af59f74edf41159f2df58a8831988d7a2dc27993ae27c2136494e381fed833ae5d8d3d")
	if err != nil {
		t.Fatal(err)
	}
	text := []byte(`{"secretKey":"x","status":"enabled"}`)
	sealer := NewSealer("S3cret.Key")
	got, err := sealer.seal(text, bytes.Clone(want[:41]))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%x, %v", got, err)
	}
	one, _ := NewSealer("S3cret.Key").Seal(text)
	two, _ := sealer.Seal(text)
	three, _ := sealer.Seal(text)
	if len(one) != len(want) || bytes.Equal(one[:saltSize], two[:saltSize]) {
		t.Error("two sealers have the same salt")
	}
	if bytes.Equal(two, three) || !bytes.Equal(two[:saltSize], three[:saltSize]) {
		t.Error("a sealer keeps its salt and takes another nonce for each text")
	}
	for _, sealed := range [][]byte{want, one, two, three} {
		if opened, err := sealer.Unseal(sealed); err != nil || !bytes.Equal(opened, text) {
			t.Errorf("%q, %v", opened, err)
		}
	}
	if _, err := NewSealer("other").Unseal(one); err == nil {
		t.Error("another key opens it")
	}
	if _, err := NewSealer("x").Seal(make([]byte, maxSealed+1)); err == nil {
		t.Error("it seals what it would cut")
	}
}
