import { Component, type ReactNode } from 'react';

/** Keeps one part's failure from emptying the page: says so, and offers what helps. Give it a key that changes with the address. */
export class Boundary extends Component<{ children: ReactNode }, { failure?: Error }> {
  override state: { failure?: Error } = {};

  static getDerivedStateFromError(failure: Error) {
    return { failure };
  }

  override render() {
    const { failure } = this.state;
    if (!failure) return this.props.children;
    // A part of the console that is not there any more: the server has a newer one.
    const gone = /import|module|chunk/i.test(failure.message);
    return (
      <div className="problem" role="alert">
        <h1>This page can not be shown</h1>
        <p>{gone ? 'The console was updated meanwhile. Load it again.' : 'Nothing was changed. Load it again; if it stays so, tell your administrator the line below.'}</p>
        {!gone && <p className="mono">{failure.message}</p>}
        <div className="row">
          <button type="button" className="button small" onClick={() => window.location.reload()}>
            Load again
          </button>
        </div>
      </div>
    );
  }
}
