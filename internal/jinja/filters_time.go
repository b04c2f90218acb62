package jinja

import (
	"fmt"
	"math"
	"time"

	"pig/internal/value"
)

func timeFilters(src sources) table {
	t := table{}
	textFilter(t, "strftime", "second utc", func(layout string, c *call) (value.Value, error) {
		at := src.now()
		if v := c.val(0, nil); v != nil {
			sec, ok := toNumber(v)
			if !ok || math.IsNaN(sec) || math.Abs(sec) > 1e12 {
				return nil, fmt.Errorf("Invalid value for epoch value (%s)", value.Display(v))
			}
			whole, part := math.Modf(sec)
			at = time.Unix(int64(whole), int64(part*1e9))
		}
		utc, err := c.bool(1, false)
		if utc {
			at = at.UTC()
		} else {
			at = at.Local()
		}
		return strftime(at, layout), err
	})
	textFilter(t, "to_datetime", "format", func(s string, c *call) (value.Value, error) {
		layout, err := c.str(0, "%Y-%m-%d %H:%M:%S")
		if err != nil {
			return nil, err
		}
		return strptime(s, layout)
	})
	return t
}
