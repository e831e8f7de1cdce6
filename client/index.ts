export type { DocumentLike } from './document.ts';
export type { AlertStreamEvent } from './events.ts';
export { type Following, type FollowOptions, type FollowStatus, followAlerts } from './follow-alerts.ts';
export { keepToken, type TokenKeeper } from './token-keeper.ts';
