import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './ui/tokens.css';
import './ui/base.css';
import './ui/shell.css';
import './run/run.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { ProblemError } from './lib/api';
import { warmAll } from './pages';
import { Boundary } from './ui/boundary';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      networkMode: 'always',
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 4_000),
      retry: (failures, failure) => !(failure instanceof ProblemError && failure.status < 500) && failures < 2,
    },
  },
});

// What was on the page when the server went away is asked again when it is back.
window.addEventListener('airails:back', () => void queries.invalidateQueries());

// Who stays a moment will go somewhere: by then the other pages are there.
window.setTimeout(() => window.requestIdleCallback(() => void warmAll()), 3_000);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no root');
createRoot(root).render(
  <QueryClientProvider client={queries}>
    <Boundary>
      <App />
    </Boundary>
  </QueryClientProvider>,
);
