package cmdb

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"pig/internal/secret"
	"pig/internal/value"
)

// seals are the encrypted forms of secrets, by row and plain text.
type seals map[sealed]string

type sealed struct {
	row   ID
	plain string
}

// of gives the encrypted forms of a row's secrets.
func (s seals) of(row ID) func(string) (string, error) {
	return func(plain string) (string, error) {
		text, ok := s[sealed{row, plain}]
		if !ok {
			return "", ErrNoKey
		}
		return text, nil
	}
}

// sealAll encrypts the secrets of rows, on all processors: a vault takes milliseconds. What the table has already keeps its seal, so that nothing changes
// where nothing has changed.
func sealAll(rows, was *Rows, keys *Keys) (seals, error) {
	all := seals{}
	var fresh []sealed
	for _, row := range rows.All() {
		kept := map[string]string{}
		if old := was.Get(row.ID); old != nil {
			eachSecret(old.Value, func(s secret.Text) {
				if plain, ok := keys.clear(s); ok && IsSealed(s.Plain()) {
					kept[plain] = s.Plain()
				}
			})
		}
		eachSecret(row.Value, func(s secret.Text) {
			at := sealed{row.ID, s.Plain()}
			switch text, had := kept[at.plain]; {
			case IsSealed(at.plain):
			case had:
				all[at] = text
			default:
				fresh = append(fresh, at)
			}
		})
	}
	texts := make([]string, len(fresh))
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i, at := range fresh {
		work.Go(func() (err error) {
			texts[i], err = keys.Seal(at.plain)
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	for i, at := range fresh {
		all[at] = texts[i]
	}
	return all, nil
}

func eachSecret(v value.Value, do func(secret.Text)) {
	value.Walk(v, func(v value.Value) {
		if s, ok := v.(secret.Text); ok {
			do(s)
		}
	})
}

// layoutBody is what a sealed layout holds: the text, and the secrets of the rows by a digest of their encrypted form. So one decryption opens all of
// them.
type layoutBody struct {
	Text  string            `json:"text"`
	Plain map[string]string `json:"plain,omitempty"`
}

func sealedLayout(text string, all seals, keys *Keys) (string, error) {
	if !keys.Given() {
		return text, nil
	}
	body := layoutBody{Text: text, Plain: map[string]string{}}
	for at, sealed := range all {
		body.Plain[digest(sealed)] = at.plain
	}
	plain, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	return keys.Seal(string(plain))
}

func digest(sealed string) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(sealed)))
	return hex.EncodeToString(sum[:16])
}

// open gives the text of a layout, and makes the secrets in it known to keys.
func (l Layout) open(keys *Keys) (string, error) {
	if !l.Sealed {
		return l.Text, nil
	}
	plain, err := keys.Open(l.Text)
	if err != nil {
		return "", err
	}
	var body layoutBody
	if err := json.Unmarshal([]byte(plain), &body); err != nil {
		return "", fmt.Errorf("cannot read the layout: %w", err)
	}
	keys.know(body.Plain)
	return body.Text, nil
}
