import { useRevalidator } from '@remix-run/react'
import { useEffect, useRef, useState } from 'react'
import { useLive } from './use-live.ts'

/** While the stream tells, the page asks by itself this seldom. */
const BESIDE_STREAM_MS = 60_000

/**
 * Keeps the page of a request fresh: by server-sent events, and where there is no stream (none to be had, too many, the
 * line is down) by asking every `intervalMs`. Null stops it, as in `useLive`.
 */
export function useLiveRequest(requestId: string | null, intervalMs: number): void {
	const { revalidate } = useRevalidator()
	const freshen = useRef(revalidate)
	const [isStreaming, setStreaming] = useState(false)
	useEffect(() => {
		freshen.current = revalidate
	}, [revalidate])
	useEffect(() => {
		if (requestId === null || typeof EventSource === 'undefined') return
		const events = new EventSource(`/requests/${requestId}/events`)
		const end = () => {
			events.close()
			setStreaming(false)
		}
		events.addEventListener('open', () => setStreaming(true))
		events.addEventListener('changed', () => freshen.current())
		events.addEventListener('end', end)
		// The browser tries again by itself, unless it was refused.
		events.addEventListener('error', () => setStreaming(false))
		return end
	}, [requestId])
	useLive(requestId === null ? null : isStreaming ? BESIDE_STREAM_MS : intervalMs)
}
