package params

import "testing"

func TestTimesOfCron(t *testing.T) {
	t.Parallel()
	for times, want := range map[string]bool{
		"00 03 * * *": true, "*/5 0-23/2 1,15 jan-mar,DEC mon-fri": true, "0 0 31 12 7": true, "0 0 * * sun": true, "0 0 * * 5-7": true, "59 23 1 1 0": true,
		"*/90 * * * *": true, "0 0 * * sun,sat": true, "0 0 * * mon-5": true, "1-1 * * * *": true, "@daily": true, "@reboot": true,
		"*/0 * * * *": false, "*/00 * * * *": false, "MON * * * *": false, "0 jan * * *": false, "0 0 mon * *": false, "0 0 * mon *": false, "0 0 * * jan": false,
		"0 0 0 * *": false, "0 0 1 0 *": false, "0 0 32 * *": false, "0 0 * 13 *": false, "0 0 * * 8": false, "60 * * * *": false, "0 24 * * *": false,
		"0 22-2 * * *": false, "0 0 * * fri-sun": false, "xyz * * * *": false, "0 0 * * xyz": false, "*-3 * * * *": false, "5/10 * * * *": false, "5- * * * *": false,
		"*/-5 * * * *": false, "*/ * * * *": false, "1,,2 * * * *": false, ", * * * *": false, "+5 * * * *": false, "0 0 * * monday": false, "@fortnightly": false,
	} {
		if got := isCronLine(times+" /usr/bin/true", 1); got != want {
			t.Errorf("%s: %v in a crontab of a user", times, got)
		}
		if got := isCronLine(times+" root /usr/bin/true", 2); got != want {
			t.Errorf("%s: %v in the crontab of the system", times, got)
		}
	}
	for line, want := range map[string]bool{"* * * * * * /usr/bin/true": false, "0 3 * * * /usr/bin/true": true, "@daily": false} {
		if got := isCronLine(line, 1); got != want {
			t.Errorf("%q: %v in a crontab of a user", line, got)
		}
	}
	for line, want := range map[string]bool{
		"0 3 * * * /usr/bin/find /tmp -delete": false, "@daily /usr/bin/find /tmp": false, "* * * * * * root /usr/bin/true": false, "@daily root /usr/bin/find": true,
		"0 3 * * * www-data /usr/bin/true": true, "MAILTO = me": true, "# a comment": true, "": true,
	} {
		if got := isCronLine(line, 2); got != want {
			t.Errorf("%q: %v in the crontab of the system", line, got)
		}
	}
}
