import { useWords } from '#app/messages/text.tsx'
import type { RepeatNote } from '#app/services/access/repeat-request.server.ts'

/** From which request the form is filled, and what of it does not fit any more. */
export function Repeated({ like: { number, notes } }: { like: { number: number; notes: RepeatNote[] } }) {
	const { t, format } = useWords()
	const sentence = (note: RepeatNote) => {
		switch (note.what) {
			case 'role_gone':
				return t('requests.repeatGone', note)
			case 'not_allowed':
				return t('requests.repeatNotAllowed', note)
			case 'still_open':
				return t('requests.repeatStillOpen', note)
			case 'shortened':
				return t('requests.repeatShortened', {
					title: note.title,
					duration: format.duration(note.seconds * 1000),
				})
		}
	}
	return (
		<div className="notice">
			<p>{t('requests.repeated', { number })}</p>
			<ul className="bullets">
				{notes.map((note) => (
					<li key={`${note.what} ${note.title}`}>{sentence(note)}</li>
				))}
				<li>{t('requests.repeatTicket')}</li>
			</ul>
		</div>
	)
}
