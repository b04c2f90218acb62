package model

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// expireSetting is where a role keeps the expire_in that its expiry was made from, so that an edit can be told from the
// passing of time. PostgreSQL has no other use for it.
const expireSetting = "pig.expire_in"

// expiry sets when the password ceases to be good. expire_in counts from when it is first seen: from then on the date
// stands until expire_in is edited, whatever the day.
func (s *Step) expiry(u User, was LiveUser, live UsersState, renew bool) {
	role := "ALTER ROLE " + Ident(u.Name)
	mark, marked := settingsMap(was.Settings)[expireSetting]
	switch {
	case u.ExpireIn != nil:
		days := strconv.Itoa(*u.ExpireIn)
		if was.Until != "" && !math.IsInf(seconds(was.Until), 0) && (!marked || mark == days) && !renew {
			return
		}
		s.attr("expires", was.UntilDate, "in "+days+" days")
		s.do(role+" VALID UNTIL "+Literal(daysAfter(live.Today, *u.ExpireIn)), fmt.Sprintf("%s SET %s = %s", role, Ident(expireSetting), Literal(days)))
	case u.ExpireAt != "":
		if want, known := live.Dates[u.ExpireAt]; known && was.Until != "" && seconds(was.Until) == seconds(want) {
			return
		}
		s.attr("expires", was.UntilDate, u.ExpireAt)
		s.do(role + " VALID UNTIL " + Literal(u.ExpireAt))
		if marked {
			s.do(role + " RESET " + Ident(expireSetting))
		}
	}
}

// seconds reads an epoch as a query tells it.
func seconds(text string) float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.NaN()
	}
	return f
}

// daysAfter is the date that many days after today, which a server told.
func daysAfter(today string, days int) string {
	t, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return "infinity" // nothing runs yet, so nobody will see it
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}
