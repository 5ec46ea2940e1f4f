// Another trust domain in Go: it watches the bundle endpoint of the one that is tested, and serves its own.
// It says what it sees and does, an object of JSON a line, and is told what to do a word a line.
package main

import (
	"bufio"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/spiffe/go-spiffe/v2/bundle/spiffebundle"
	"github.com/spiffe/go-spiffe/v2/federation"
	"github.com/spiffe/go-spiffe/v2/spiffeid"
	"github.com/spiffe/go-spiffe/v2/spiffetls/tlsconfig"
	"github.com/spiffe/go-spiffe/v2/svid/x509svid"
)

type told map[string]any

var saying sync.Mutex

func say(line told) {
	saying.Lock()
	defer saying.Unlock()
	text, _ := json.Marshal(line)
	fmt.Println(string(text))
}

func must[T any](value T, err error) T {
	if err != nil {
		say(told{"failed": err.Error()})
		os.Exit(1)
	}
	return value
}

// A watcher that verifies the endpoint with the newest bundle that it has.
type watcher struct {
	known *spiffebundle.Set
}

func (watcher) NextRefresh(time.Duration) time.Duration { return 100 * time.Millisecond }

func (w watcher) OnUpdate(bundle *spiffebundle.Bundle) {
	if w.known != nil {
		w.known.Add(bundle)
	}
	sequence, _ := bundle.SequenceNumber()
	hint, _ := bundle.RefreshHint()
	say(told{
		"of": bundle.TrustDomain().Name(), "sequence": sequence, "hint": hint.Seconds(),
		"x509": len(bundle.X509Authorities()), "jwt": len(bundle.JWTAuthorities()),
	})
}

func (watcher) OnError(err error) { say(told{"failed": err.Error()}) }

func watchWeb(ctx context.Context, trustDomain spiffeid.TrustDomain, address, roots string) {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(must(os.ReadFile(roots)))
	federation.WatchBundle(ctx, trustDomain, address, watcher{}, federation.WithWebPKIRoots(pool))
}

func watchSpiffe(ctx context.Context, trustDomain spiffeid.TrustDomain, address, endpoint, file string) {
	known := spiffebundle.NewSet(must(spiffebundle.Load(trustDomain, file)))
	id := must(spiffeid.FromString(endpoint))
	federation.WatchBundle(ctx, trustDomain, address, watcher{known}, federation.WithSPIFFEAuth(known, id))
}

type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// What signs in this trust domain, and what its endpoint shows.
type domain struct {
	name   spiffeid.TrustDomain
	bundle *spiffebundle.Bundle
	number uint64
	newest authority
	active authority
	mutex  sync.Mutex
	shown  *x509svid.SVID
}

func certify(template, parent *x509.Certificate, public crypto.PublicKey, by *ecdsa.PrivateKey) *x509.Certificate {
	template.SerialNumber = must(rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)))
	template.NotBefore = time.Now().Add(-time.Minute)
	template.NotAfter = time.Now().Add(time.Hour)
	template.BasicConstraintsValid = true
	return must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, parent, public, by))))
}

func newKey() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) }

func (d *domain) publish() {
	d.number++
	key := newKey()
	template := &x509.Certificate{
		Subject:  pkix.Name{CommonName: fmt.Sprintf("root %d", d.number)},
		URIs:     []*url.URL{d.name.ID().URL()},
		IsCA:     true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	d.newest = authority{certify(template, template, &key.PublicKey, key), key}
	d.bundle.AddX509Authority(d.newest.certificate)
	must(0, d.bundle.AddJWTAuthority(fmt.Sprintf("key %d", d.number), newKey().Public()))
	d.bundle.SetSequenceNumber(d.number)
}

func (d *domain) activate() {
	d.active = d.newest
	key := newKey()
	template := &x509.Certificate{
		URIs:        []*url.URL{must(spiffeid.FromPath(d.name, "/bundles")).URL()},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	leaf := certify(template, d.active.certificate, &key.PublicKey, d.active.key)
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.shown = &x509svid.SVID{
		ID: must(spiffeid.FromPath(d.name, "/bundles")), Certificates: []*x509.Certificate{leaf}, PrivateKey: key,
	}
}

func (d *domain) retire() {
	d.number++
	d.bundle.SetX509Authorities([]*x509.Certificate{d.active.certificate})
	d.bundle.SetSequenceNumber(d.number)
}

func (d *domain) GetX509SVID() (*x509svid.SVID, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.shown, nil
}

func serve(name string) {
	d := &domain{name: must(spiffeid.TrustDomainFromString(name))}
	d.bundle = spiffebundle.New(d.name)
	d.bundle.SetRefreshHint(30 * time.Second)
	d.publish()
	d.activate()
	handler := must(federation.NewHandler(d.name, d.bundle))
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	config := tlsconfig.TLSServerConfig(d)
	server := &http.Server{Handler: handler, TLSConfig: config, ErrorLog: log.New(io.Discard, "", 0)}
	go server.ServeTLS(listener, "", "")
	say(told{"url": "https://" + listener.Addr().String() + "/", "bundle": string(must(d.bundle.Marshal()))})
	words := bufio.NewScanner(os.Stdin)
	for words.Scan() {
		switch words.Text() {
		case "publish":
			d.publish()
		case "activate":
			d.activate()
		case "retire":
			d.retire()
		}
		say(told{"done": words.Text()})
	}
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	words := os.Args[1:]
	if words[0] == "serve" {
		serve(words[1])
		return
	}
	trustDomain := must(spiffeid.TrustDomainFromString(words[1]))
	if words[0] == "web" {
		watchWeb(ctx, trustDomain, words[2], words[3])
		return
	}
	watchSpiffe(ctx, trustDomain, words[2], words[3], words[4])
}
