const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** A mail that the server puts off is offered again after these, and is given up about three days after the first. */
const MAIL_MS = [
	MINUTE,
	5 * MINUTE,
	15 * MINUTE,
	30 * MINUTE,
	HOUR,
	3 * HOUR,
	4 * HOUR,
	8 * HOUR,
	8 * HOUR,
	12 * HOUR,
	12 * HOUR,
	24 * HOUR,
]

/** The schedule that Standard Webhooks proposes: the first retry after seconds, the last after more than three days. */
const WEBHOOK_MS = [
	5 * SECOND,
	5 * MINUTE,
	30 * MINUTE,
	2 * HOUR,
	5 * HOUR,
	10 * HOUR,
	14 * HOUR,
	20 * HOUR,
	24 * HOUR,
]

/** How long to wait after so many failed attempts; null when it is given up. */
export const mailPauseMs = (failures: number): number | null => MAIL_MS[failures - 1] ?? null
export const webhookPauseMs = (failures: number): number | null => WEBHOOK_MS[failures - 1] ?? null

/** How long a mail server that cannot be used is left alone: from ten seconds, twice as long each time, to five minutes. */
export const serverPauseMs = (failures: number): number =>
	Math.min(5 * MINUTE, 10 * SECOND * 2 ** Math.min(failures - 1, 10))

/** The same of a webhook, beginning with the first pause of its schedule. */
export const webhookRestMs = (failures: number): number =>
	Math.min(5 * MINUTE, 5 * SECOND * 2 ** Math.min(failures - 1, 10))

/** An address that took nothing for so long is called no more until somebody looks at it. */
export const WEBHOOK_PATIENCE_MS = 5 * 24 * HOUR
/** Officers are told of a mail server that cannot be used for longer than this. */
export const MAIL_PATIENCE_MS = 15 * MINUTE
