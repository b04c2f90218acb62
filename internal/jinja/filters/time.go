package filters

import (
	"fmt"
	"math"
	"time"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

func timeFilters(src Sources) plugin.Table {
	t := plugin.Table{}
	textFilter(t, "strftime", "second utc", func(layout string, c *plugin.Call) (value.Value, error) {
		at := src.Now()
		if v := c.Val(0, nil); v != nil {
			sec, ok := toNumber(v)
			if !ok || math.IsNaN(sec) || math.Abs(sec) > 1e12 {
				return nil, fmt.Errorf("Invalid value for epoch value (%s)", value.Display(v))
			}
			whole, part := math.Modf(sec)
			at = time.Unix(int64(whole), int64(part*1e9))
		}
		utc, err := c.Bool(1, false)
		if utc {
			at = at.UTC()
		} else {
			at = at.Local()
		}
		return python.Strftime(at, layout), err
	})
	textFilter(t, "to_datetime", "format", func(s string, c *plugin.Call) (value.Value, error) {
		layout, err := c.Str(0, "%Y-%m-%d %H:%M:%S")
		if err != nil {
			return nil, err
		}
		return python.Strptime(s, layout)
	})
	return t
}
