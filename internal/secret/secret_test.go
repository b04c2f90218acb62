package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const canary = "s3cr3t-C4nary"

func TestASecretNeverPrintsItself(t *testing.T) {
	t.Parallel()
	text := New(canary)
	holder := struct {
		Password Text
		Nested   *Text
		List     []Text
	}{text, &text, []Text{text}}
	encoded, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("connect", "password", text)
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("connect", "all", holder)
	for what, shown := range map[string]string{
		"%v": fmt.Sprintf("%v", text), "%s": fmt.Sprintf("%s", text), "%q": fmt.Sprintf("%q", text), "%d": fmt.Sprintf("%d", text), "%x": fmt.Sprintf("%x", text),
		"%+v": fmt.Sprintf("%+v", holder), "%#v": fmt.Sprintf("%#v", holder), "a pointer": fmt.Sprint(&text), "Sprint": fmt.Sprint(holder),
		"String": text.String(), "GoString": text.GoString(), "an error": fmt.Errorf("login with %v", text).Error(),
		"JSON": string(encoded), "a log": logged.String(), "Masked": text.Masked(),
	} {
		if strings.Contains(shown, canary) || strings.Contains(shown, fmt.Sprintf("%x", canary)) {
			t.Errorf("%s shows %s", what, shown)
		}
		if shown == "" {
			t.Errorf("%s shows nothing", what)
		}
	}
	if text.Plain() != canary {
		t.Errorf("the text itself is %q", text.Plain())
	}
}

func TestMaskedShowsAllButTheSecrets(t *testing.T) {
	t.Parallel()
	pem := "-----BEGIN X-----\nAAAABBBBCCCCDDDDEEEE\nFFFFGGGGHHHHIIIIJJJJ\n-----END X-----\n"
	for name, c := range map[string]struct {
		text Text
		want string
	}{
		"one secret":               {Carrying("user=dba password="+canary, canary), "user=dba password=" + Mask},
		"the longer one first":     {Carrying("abcdefgh abcd", "abcd", "abcdefgh"), Mask + " " + Mask},
		"a secret that is short":   {Carrying("x=abc", "abc"), Mask},
		"a line of a key":          {Carrying("key: FFFFGGGGHHHHIIIIJJJJ", pem), "key: " + Mask},
		"nothing that is a secret": {Carrying("plain"), "plain"},
	} {
		if got := c.text.Masked(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestUnionSortsAndKeepsEachOnce(t *testing.T) {
	t.Parallel()
	if got := fmt.Sprint(Union([]string{"b", "", "a"}, []string{"b", "c"})); got != "[a b c]" {
		t.Error(got)
	}
}
