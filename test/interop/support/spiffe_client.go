// A workload that fetches its identities as programs in Go do, and says what it was given: an object of JSON a line.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/spiffe/go-spiffe/v2/svid/jwtsvid"
	"github.com/spiffe/go-spiffe/v2/svid/x509svid"
	"github.com/spiffe/go-spiffe/v2/workloadapi"
	"google.golang.org/grpc/status"
)

type told map[string]any

func say(line told) {
	text, _ := json.Marshal(line)
	fmt.Println(string(text))
}

func fail(what string, err error) {
	say(told{"failed": what, "code": status.Code(err).String(), "message": status.Convert(err).Message()})
}

// Each update of the X.509 context, verified with the bundles that came with it.
type watcher struct{}

func (watcher) OnX509ContextUpdate(update *workloadapi.X509Context) {
	for _, svid := range update.SVIDs {
		id, _, err := x509svid.Verify(svid.Certificates, update.Bundles)
		if err != nil {
			fail("verify", err)
			return
		}
		say(told{
			"id": id.String(), "hint": svid.Hint, "serial": svid.Certificates[0].SerialNumber.String(),
			"chain": len(svid.Certificates), "domains": update.Bundles.Len(),
		})
	}
}

func (watcher) OnX509ContextWatchError(err error) { fail("watch", err) }

func tokens(ctx context.Context, client *workloadapi.Client, audience string) {
	svid, err := client.FetchJWTSVID(ctx, jwtsvid.Params{Audience: audience})
	if err != nil {
		fail("fetch token", err)
		return
	}
	bundles, err := client.FetchJWTBundles(ctx)
	if err != nil {
		fail("fetch keys", err)
		return
	}
	// Once by itself, and once by the server.
	own, err := jwtsvid.ParseAndValidate(svid.Marshal(), bundles, []string{audience})
	if err != nil {
		fail("validate", err)
		return
	}
	theirs, err := client.ValidateJWTSVID(ctx, svid.Marshal(), audience)
	if err != nil {
		fail("have validated", err)
		return
	}
	say(told{"token of": own.ID.String(), "validated": theirs.ID.String(), "for": own.Audience})
	if _, err = client.ValidateJWTSVID(ctx, svid.Marshal(), "another"); err != nil {
		fail("another audience", err)
	}
	if _, err = client.FetchWITBundles(ctx); err != nil {
		fail("unofficial", err)
	}
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client, err := workloadapi.New(ctx, workloadapi.WithAddr(os.Args[1]))
	if err != nil {
		fail("connect", err)
		return
	}
	defer client.Close()
	if len(os.Args) > 2 {
		tokens(ctx, client, os.Args[2])
		return
	}
	client.WatchX509Context(ctx, watcher{})
}
