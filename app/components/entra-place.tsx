import type { EntraPlaceView } from '#app/services/views.ts'
import { useWords } from '#app/messages/text.tsx'

const WHERE = {
	tenant: 'requests.wholeTenant',
	unit: 'requests.inUnit',
	member: 'requests.asMember',
	owner: 'requests.asOwner',
} as const

/** What is given in Entra ID, as a term and its description; a description list around it. */
export function EntraPlace({ place }: { place: EntraPlaceView }) {
	const { t } = useWords()
	const { name, where, unit, hasOwnEnd } = place
	const isGroup = where === 'member' || where === 'owner'
	return (
		<>
			<dt>{t(isGroup ? 'requests.entraGroup' : 'requests.entraRole')}</dt>
			<dd>
				{name} ({t(WHERE[where])}
				{unit === null ? null : (
					<>
						{' '}
						<code>{unit}</code>
					</>
				)}
				){hasOwnEnd ? null : <p className="small">{t('requests.noOwnEnd')}</p>}
			</dd>
		</>
	)
}
