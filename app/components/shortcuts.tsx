import { useNavigate } from '@remix-run/react'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { useWords } from '#app/messages/text.tsx'

/** Where the browser keeps that its reader wants no single keys. */
const OFF = 'charterkeep.keys-off'

/**
 * Single keys of every page, and the help that names them: `/` goes to the search, `?` opens the help. They do nothing
 * while somebody writes, and can be switched off (WCAG 2.1.4). Without scripts there is neither.
 */
export function Shortcuts({ mayFindPeople }: { mayFindPeople: boolean }) {
	const { t } = useWords()
	const navigate = useNavigate()
	const dialog = useRef<HTMLDialogElement>(null)
	// Null on the server, and in the browser until it has taken over.
	const kept = useSyncExternalStore<boolean | null>(nothingChanges, isKeptOn, () => null)
	const [chosen, setChosen] = useState<boolean | null>(null)
	const isOn = kept === null ? null : (chosen ?? kept)
	useEffect(() => {
		if (isOn !== true) return
		const pressed = (event: KeyboardEvent) => {
			if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isWriting(event)) return
			if (event.key === '?') dialog.current?.showModal()
			else if (event.key === '/' && !dialog.current?.open) {
				const search = document.querySelector<HTMLInputElement>('main [role=search] input[type=search]')
				if (search) search.focus()
				else if (mayFindPeople) navigate('/people')
				else return
			} else return
			event.preventDefault()
		}
		document.addEventListener('keydown', pressed)
		return () => document.removeEventListener('keydown', pressed)
	}, [isOn, mayFindPeople, navigate])
	if (isOn === null) return null
	const choose = (on: boolean) => {
		setChosen(on)
		try {
			if (on) localStorage.removeItem(OFF)
			else localStorage.setItem(OFF, '1')
		} catch {
			// It holds for as long as the page does.
		}
	}
	return (
		<>
			<button type="button" className="button button-small" onClick={() => dialog.current?.showModal()}>
				{t('due.keys')}
			</button>
			<dialog className="card" ref={dialog} aria-labelledby="keys-title">
				<h2 id="keys-title">{t('due.keysTitle')}</h2>
				<dl className="keys">
					<dt>
						<kbd>/</kbd>
					</dt>
					<dd>{t('due.keySearch')}</dd>
					<dt>
						<kbd>j</kbd> <kbd>k</kbd>
					</dt>
					<dd>{t('due.keyMove')}</dd>
					<dt>
						<kbd>?</kbd>
					</dt>
					<dd>{t('due.keyHelp')}</dd>
				</dl>
				<p>{t('due.keyTab')}</p>
				<label className="choice" htmlFor="keys-on">
					<input
						type="checkbox"
						id="keys-on"
						checked={isOn}
						onChange={({ target }) => choose(target.checked)}
					/>
					{t('due.keysOn')}
				</label>
				<form method="dialog">
					<button className="button">{t('due.close')}</button>
				</form>
			</dialog>
		</>
	)
}

const nothingChanges = () => () => undefined

/** A browser that keeps nothing for us throws: then the keys are on. */
function isKeptOn(): boolean {
	try {
		return localStorage.getItem(OFF) === null
	} catch {
		return true
	}
}

const isWriting = ({ target }: KeyboardEvent) =>
	target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
