// Package fault lets a tenant fail as services and networks do: by rules that say which requests fail, and how.
//
// A rule is a line of text:
//
//	METHOD PATH EFFECT [OPTION…]
//
// METHOD is GET, POST and so on, several with commas between, or * for any. PATH is compared with the path of the request
// segment by segment: * is any one segment, ** any number of them, and keys in parentheses are segments of their own, so
// that /applications/* matches applications(appId='…') too. Without a version (/v1.0, /beta) at its beginning it matches
// in both.
//
// EFFECT is one of
//
//	STATUS           an answer with that status, as the service has it: 429, 503, 504, 409 …
//	reset            the connection breaks before anything is done
//	lost[=D]         it is done, and the answer never comes; the connection breaks after D (default 4m)
//	truncated        it is done, and the connection breaks in the middle of the answer's body
//	empty            it is done, and the answer is an object with nothing in it, where it would be one with something
//	garbled          it is done, and something in the answer's JSON is not what it should be: a value is missing, null or of
//	                 another type, a list has a null in it, or the text ends in the middle; what it is, is by chance
//	delayed=D[..D]   it is done at once, and the answer comes after that time
//	expired          the request's token is refused as expired, from now on
//	latency=D[..D]   the request takes that much longer to arrive, and then is served
//
// where D is a duration such as 250ms or 2m, and D..D one by chance between the two. The options are
//
//	after            STATUS and reset: it is done all the same
//	code=TEXT        of the error, instead of the service's usual one for the status
//	message=TEXT     likewise
//	retry-after=TEXT the header Retry-After, in seconds (2.128) or a date; without this option there is none
//	skip=N           the first N matching requests are spared
//	count=N          after N failures the rule is spent
//	p=P              a matching request fails with that probability, between 0 and 1
//	seed=N           of the chance, which is the same for the same seed and order of requests
//
// TEXT with spaces stands in double quotes. Everything from a # at the beginning of a line or after a space is a comment.
//
// The first rule that a request meets, and that is not spent, spares or misses it, decides; those with latency add to any
// other. A request of a JSON batch meets the rules as if it came by itself, after the batch itself has met them; but it
// has no latency of its own, and where its connection would break, that of the batch does.
package fault
