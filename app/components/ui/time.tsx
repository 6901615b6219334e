import { useEffect, useState } from 'react'
import { useWords } from '#app/messages/text.tsx'

/** An instant in the reader's language and zone. */
export function Time({ at, dateOnly = false }: { at: string; dateOnly?: boolean }) {
	const { format } = useWords()
	return <time dateTime={at}>{dateOnly ? format.date(at) : format.instant(at)}</time>
}

/**
 * Time left until `to`, counted from the server's clock so that a wrong clock of the browser does not matter. Without
 * JavaScript it shows what was left when the page was made; the absolute time stands beside it.
 */
export function Countdown({ to, onEnd }: { to: string; onEnd?: () => void }) {
	const { now, format } = useWords()
	const left = useTimeLeft(to, now)
	const isOver = left <= 0
	useEffect(() => {
		if (isOver) onEnd?.()
	}, [isOver, onEnd])
	return (
		<span role="timer" aria-label={format.instant(to)}>
			{format.duration(left)}
		</span>
	)
}

/** How long ago it was, growing by itself. */
export function Ago({ at }: { at: string }) {
	const { now, format, t } = useWords()
	const passed = -useTimeLeft(at, now)
	return <>{passed < 1500 ? t('shell.justNow') : t('shell.ago', { duration: format.duration(passed) })}</>
}

/** How long it has lasted, growing by itself. */
export function Since({ at }: { at: string }) {
	const { now, format } = useWords()
	return <span title={format.instant(at)}>{format.duration(-useTimeLeft(at, now))}</span>
}

/** The time in UTC, running. */
export function UtcClock() {
	const { now, t } = useWords()
	const at = new Date(Date.parse(now) + useElapsed(now))
	return <span>{t('shell.utc', { time: at.toISOString().slice(11, 19) })}</span>
}

function useTimeLeft(to: string, now: string): number {
	return Date.parse(to) - Date.parse(now) - useElapsed(now)
}

/** Milliseconds since the page's `now` came from the server; starts at zero on server and browser alike. */
function useElapsed(now: string): number {
	const [ticked, setTicked] = useState({ now, elapsed: 0 })
	useEffect(() => {
		const from = performance.now()
		const ticks = setInterval(() => setTicked({ now, elapsed: performance.now() - from }), 1000)
		return () => clearInterval(ticks)
	}, [now])
	return ticked.now === now ? ticked.elapsed : 0
}
