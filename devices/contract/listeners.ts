/** A set of listeners to one kind of news. */
export interface Listeners<T> {
  /** Adds a listener; returns how to remove it. */
  readonly add: (listener: (news: T) => void) => () => void;
  /** Calls every listener in the order of adding; one added or removed meanwhile does not disturb the round. */
  readonly emit: (news: T) => void;
}

/** An empty set of listeners. */
export function createListeners<T>(): Listeners<T> {
  const listeners = new Set<{ call: (news: T) => void }>();
  return {
    add(call) {
      const entry = { call };
      listeners.add(entry);
      return () => {
        listeners.delete(entry);
      };
    },
    emit(news) {
      for (const entry of [...listeners]) if (listeners.has(entry)) entry.call(news);
    },
  };
}
