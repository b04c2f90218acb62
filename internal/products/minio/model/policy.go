package model

import (
	"encoding/json"
	"reflect"
)

// BucketPolicy is the policy that lets a user do everything with one bucket.
func BucketPolicy(bucket string) []byte {
	type statement struct {
		Effect   string
		Action   []string
		Resource []string
	}
	text, _ := json.Marshal(struct { // it cannot fail
		Version   string
		Statement []statement
	}{"2012-10-17", []statement{{"Allow", []string{"s3:*"}, []string{"arn:aws:s3:::" + bucket, "arn:aws:s3:::" + bucket + "/*"}}}})
	return text
}

// SamePolicy tells whether two policies say the same, whatever their layout and the order of their lists.
func SamePolicy(a, b []byte) bool {
	var x, y map[string]any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(setsOf(x), setsOf(y))
}

// setsOf makes sets of lists of text, and drops the identifiers that a server adds.
func setsOf(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, item := range v {
			if k != "Sid" && k != "ID" {
				out[k] = setsOf(item)
			}
		}
		return out
	case []any:
		set := map[string]bool{}
		for _, item := range v {
			text, ok := item.(string)
			if !ok {
				list := make([]any, len(v))
				for i := range v {
					list[i] = setsOf(v[i])
				}
				return list
			}
			set[text] = true
		}
		return set
	}
	return v
}
