import { FileArchive } from 'lucide-react';
import { useRef, useState } from 'react';

/** Takes a bundle from the reader's disk; it is read in this page and goes nowhere. */
export function DropBundle({ onFile }: { onFile: (file: File) => void }) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  return (
    <div
      className={over ? 'drop over' : 'drop'}
      onDragOver={(e) => { e.preventDefault(); setOver(true); }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault();
        setOver(false);
        const file = e.dataTransfer.files[0];
        if (file) onFile(file);
      }}
    >
      <h2>Drop an evidence bundle</h2>
      <p>It is read and checked in this page. Nothing is uploaded, and it works offline.</p>
      <button type="button" className="button" onClick={() => input.current?.click()}><FileArchive className="icon" aria-hidden /> Choose a file</button>
      <input ref={input} type="file" accept=".zip,application/zip" className="visually-hidden" tabIndex={-1} aria-label="Evidence bundle" onChange={(e) => { const file = e.target.files?.[0]; if (file) onFile(file); e.target.value = ''; }} />
    </div>
  );
}
