// The stay in one conversation; a new object each time, so that answers to an earlier one are recognised and dropped.
export function newVisit(username, at, isForEnd) {
  return {
    username,
    // The message to begin at, null for the first that was not read, or the newest.
    at,
    // Whether the reader wants to see the newest, whatever they have not read.
    isForEnd,
    isLoaded: false,
    // Messages that came before the first page did.
    early: [],
    // Where the next page of older messages begins, null when there is none.
    before: null,
    // Where the next page of newer messages begins, null when the newest message is here.
    after: null,
    // New messages below what the reader looks at.
    newBelow: 0,
    // The newest message that the node was told was read.
    markedId: null,
    isMarking: false,
  };
}
