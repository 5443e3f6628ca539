package throttle

import "time"

// window is what was used in the last stretch of time.
type window struct {
	uses []use // in order of time
	used int
}

type use struct {
	at   time.Time
	cost int
}

// expire forgets what was used too long ago, and everything where the clock has been put back.
func (w *window) expire(now time.Time, per time.Duration) {
	if last := len(w.uses) - 1; last >= 0 && w.uses[last].at.After(now) {
		w.uses, w.used = nil, 0
	}
	for len(w.uses) > 0 && !w.uses[0].at.Add(per).After(now) {
		w.used -= w.uses[0].cost
		w.uses = w.uses[1:]
	}
}

func (w *window) add(now time.Time, cost int) {
	w.uses = append(w.uses, use{now, cost})
	w.used += cost
}

// room is how long it takes until the window has room for that cost, if nothing is used meanwhile.
func (w *window) room(now time.Time, limit Limit, cost int) time.Duration {
	used := w.used
	for _, u := range w.uses {
		used -= u.cost
		if used == 0 || used+cost <= limit.Count {
			return u.at.Add(limit.Per).Sub(now)
		}
	}
	return 0
}
