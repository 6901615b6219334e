import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

const VALIDATION_MS = 10_000
const ANSWER_MS = 3000
/** How long after a failed delivery the next one comes. Graph goes on for four hours. */
const AGAIN_MS = [500, 2000, 10_000]
const LATE_MS = 30_000
/** So often is seen whether the tenant's clock has come so far. */
const LOOK_MS = 250

/** How notifications go astray. Changed by switches. */
export type Post = { isLost: boolean; isLate: boolean; isTwice: boolean }

/**
 * Carries notifications to whoever subscribed. `reach` gives the address at which a public one is really reached: the sandbox and
 * what it tells are on one machine, where no proxy with a certificate stands between them. Whoever is told late is so by the tenant's
 * clock, `now`.
 */
export function createNotificationDelivery(reach: (url: string) => string, now: () => number) {
	const post: Post = { isLost: false, isLate: false, isTwice: false }
	const stopping = new AbortController()
	const underWay = new Set<Promise<void>>()
	const send = async (url: string, body: object): Promise<boolean> => {
		try {
			const answer = await fetch(reach(url), {
				method: 'POST',
				headers: { 'content-type': 'application/json; charset=utf-8' },
				body: JSON.stringify(body),
				signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(ANSWER_MS)]),
			})
			return answer.ok
		} catch {
			// It is sent again.
			return false
		}
	}
	async function carry(url: string, body: object): Promise<void> {
		const { signal } = stopping
		const due = post.isLate ? now() + LATE_MS : 0
		while (now() < due && !signal.aborted) await pause(LOOK_MS, undefined, { signal }).catch(() => undefined)
		for (const again of [...AGAIN_MS, null]) {
			if (signal.aborted || (await send(url, body)) || again === null) return
			await pause(again, undefined, { signal }).catch(() => undefined)
		}
	}
	return {
		post,
		async validate(url: string): Promise<boolean> {
			// With what has to be decoded.
			const token = `Validation: ${randomBytes(16).toString('base64')} é`
			try {
				const answer = await fetch(
					`${reach(url)}${url.includes('?') ? '&' : '?'}validationToken=${encodeURIComponent(token)}`,
					{
						method: 'POST',
						headers: { 'content-type': 'text/plain; charset=utf-8' },
						signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(VALIDATION_MS)]),
					},
				)
				const type = answer.headers.get('content-type') ?? ''
				return answer.status === 200 && type.startsWith('text/plain') && (await answer.text()) === token
			} catch {
				return false
			}
		},
		deliver(url: string, value: readonly object[]): void {
			if (post.isLost) return
			for (let copy = 0; copy < (post.isTwice ? 2 : 1); copy++) {
				const carrying = carry(url, { value }).finally(() => underWay.delete(carrying))
				underWay.add(carrying)
			}
		},
		async stop(): Promise<void> {
			stopping.abort()
			await Promise.all(underWay)
		},
	}
}
