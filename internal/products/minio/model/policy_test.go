package model

import "testing"

func TestSamePolicy(t *testing.T) {
	t.Parallel()
	own := BucketPolicy("data")
	// As a server tells it: another layout, another order.
	told := `{"Version": "2012-10-17", "Statement": [ {"Effect": "Allow", "Sid": "", "Action": ["s3:*"],
		"Resource": ["arn:aws:s3:::data/*", "arn:aws:s3:::data"]} ] }`
	for text, want := range map[string]bool{
		told: true, string(BucketPolicy("data2")): false, "": false, "{}": false,
	} {
		if SamePolicy(own, []byte(text)) != want {
			t.Errorf("%s: want %v", text, want)
		}
	}
}
