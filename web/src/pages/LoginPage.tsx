import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { send } from '../api.ts';
import { ErrorNote } from '../components/parts.tsx';

/** Exchanges the token of a login link for a session. The token leaves the address at once, so that
 *  neither the history nor a glance at the screen keeps it. */
export function LoginPage() {
  const navigate = useNavigate();
  const [error, setError] = useState<Error>();
  const token = useRef(new URLSearchParams(location.hash.slice(1)).get('token'));
  useEffect(() => {
    const value = token.current;
    token.current = null;
    if (value === null) return;
    history.replaceState(null, '', '/login');
    send('POST', '/sessions', { token: value }).then(
      () => void navigate({ to: '/', replace: true }),
      setError,
    );
  }, [navigate]);
  return (
    <main id="content" className="page login">
      <img src="/mark.svg" alt="" width="56" height="56" />
      <h1>Log in to Reeve</h1>
      {error && <ErrorNote error={error} />}
      <p>
        Open the login link that <code>reeve up</code> or <code>npm start</code> printed. Each link
        works once.
      </p>
      <p>
        A new one: <code>reeve login-link</code>
      </p>
    </main>
  );
}
