import { useSyncExternalStore } from 'react';
import { listenToSession, who, type Who } from './session';

export function useWho(): Who | undefined {
  return useSyncExternalStore(listenToSession, who);
}
