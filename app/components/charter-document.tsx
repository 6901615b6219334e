import type { ReactNode } from 'react'
import type { PlacesView } from '#app/services/charter/places-view.ts'
import type { CharterText } from '#app/services/charter/views.ts'
import { presenceText, rolePartText, stageText } from '#app/messages/charter-in-words.ts'
import { requirementText } from '#app/messages/reasons-in-words.ts'
import { useWords } from '#app/messages/text.tsx'
import { CharterEmergency } from './charter-emergency.tsx'
import { CharterEntra } from './charter-entra.tsx'
import { PlaceLines } from './charter-places.tsx'
import { Table } from './ui/table.tsx'
import { Time } from './ui/time.tsx'

type RoleText = CharterText['roles'][number]

/** A whole charter as people read it: what each role asks for, where, who decides, and what must stay apart. */
export function CharterDocument({ charter }: { charter: CharterText & { places: PlacesView | null } }) {
	const { t } = useWords()
	const requestable = charter.roles.filter(({ access }) => access !== null)
	const held = charter.roles.filter(({ access }) => access === null)
	return (
		<>
			<section className="stack" aria-labelledby="roles-request">
				<h2 id="roles-request">{t('charter.rolesRequest')}</h2>
				{requestable.length === 0 ? <p className="muted">{t('shell.none')}</p> : null}
				{requestable.map((role) => (
					<RoleCard key={role.key} role={role} places={charter.places} />
				))}
			</section>
			<section className="stack" aria-labelledby="roles-held">
				<h2 id="roles-held">{t('charter.rolesHeld')}</h2>
				<div className="halves">
					{held.map((role) => (
						<RoleCard key={role.key} role={role} places={null} />
					))}
				</div>
			</section>
			<Facilities charter={charter} />
			<Apart charter={charter} />
			<Agreements charter={charter} />
			<CharterEmergency charter={charter} />
			<CharterEntra entra={charter.entra} />
		</>
	)
}

function RoleCard({ role, places }: { role: RoleText; places: PlacesView | null }) {
	const words = useWords()
	const { t } = words
	const { access } = role
	const place = places?.places.find((each) => each.role.key === role.key)
	const part = (name: Parameters<typeof rolePartText>[2]) => rolePartText(words, role, name)
	return (
		<article className="card" aria-labelledby={`role-${role.key}`}>
			<div>
				<h3 id={`role-${role.key}`}>{role.title}</h3>
				<p className="muted">{role.purpose}</p>
			</div>
			<div className="role-parts">
				<div>
					<h4>{t('charter.asks')}</h4>
					<ul className="bullets">
						{role.asks.map((clause, i) => (
							<li key={`${clause.code}-${i}`}>{requirementText(words, clause)}</li>
						))}
					</ul>
				</div>
				<dl className="facts">
					{access ? (
						<>
							<dt>{t('charter.approval')}</dt>
							<dd>
								<ol className="numbers">
									{access.stages.map((stage, i) => (
										<li key={stage.title + String(i)}>{stageText(words, stage)}</li>
									))}
								</ol>
							</dd>
							<dt>{t('charter.maximum')}</dt>
							<dd>{part('maximumSeconds')}</dd>
							{access.benefits === null ? null : (
								<>
									<dt>{t('charter.benefits')}</dt>
									<dd>{part('benefits')}</dd>
								</>
							)}
							<dt>{t('requests.ticket')}</dt>
							<dd>{t('requests.ticketHint', { example: access.ticketExample })}</dd>
							<dt>{t('requests.entraRole')}</dt>
							<dd>
								{access.entraRole}
								{places && place ? <PlaceLines place={place} isSandbox={places.isSandbox} /> : null}
							</dd>
						</>
					) : (
						<>
							<dt>{t('charter.duties')}</dt>
							<dd>{part('duties')}</dd>
						</>
					)}
					<dt>{t('charter.handles')}</dt>
					<dd>{part('handles')}</dd>
					{role.reviewEvery === null ? null : (
						<>
							<dt>{t('charter.review')}</dt>
							<dd>{part('reviewEvery')}</dd>
						</>
					)}
					{role.retention === null ? null : (
						<>
							<dt>{t('charter.retention')}</dt>
							<dd>{part('retention')}</dd>
						</>
					)}
				</dl>
			</div>
		</article>
	)
}

function Facilities({ charter }: { charter: CharterText }) {
	const words = useWords()
	const { t, format } = words
	return (
		<Section title={t('charter.facilities')}>
			<Table
				caption={t('charter.facilities')}
				rows={charter.facilities}
				keyOf={({ key }) => key}
				empty={t('shell.none')}
				columns={[
					{ label: t('people.name'), cell: ({ title }) => <strong>{title}</strong> },
					{ label: t('people.country'), cell: ({ city, country }) => `${city}, ${format.country(country)}` },
					{ label: t('charter.certified'), cell: ({ certified }) => t(`charter.marking_${certified}`) },
					{ label: t('charter.presence'), cell: ({ presence }) => presenceText(words, presence) },
					{ label: t('charter.networks'), cell: ({ networks }) => <code>{networks.join(', ')}</code> },
				]}
			/>
		</Section>
	)
}

function Apart({ charter }: { charter: CharterText }) {
	const { t } = useWords()
	if (charter.apart.length === 0) return null
	return (
		<Section title={t('charter.apart')}>
			<div className="card">
				<ul className="bullets">
					{charter.apart.map(({ how, roles: [first = '', second = ''] }) => (
						<li key={how + first + second}>{t(`charter.apart_${how}`, { first, second })}</li>
					))}
				</ul>
			</div>
		</Section>
	)
}

function Agreements({ charter }: { charter: CharterText }) {
	const { t, format } = useWords()
	if (charter.agreements.length === 0) return null
	const day = (text: string | undefined) =>
		text === undefined ? '–' : <Time at={`${text}T00:00:00.000Z`} dateOnly />
	return (
		<Section title={t('charter.agreements')}>
			<Table
				caption={t('charter.agreements')}
				rows={charter.agreements}
				keyOf={({ key }) => key}
				empty={t('shell.none')}
				columns={[
					{
						label: t('charter.agreement'),
						cell: ({ key, title }) => (
							<>
								<strong>{title}</strong>
								<br />
								<code className="muted">{key}</code>
							</>
						),
					},
					{
						label: t('charter.parties'),
						cell: ({ parties }) =>
							parties.map((code) => (code === 'NATO' ? code : format.country(code))).join(', '),
					},
					{ label: t('charter.from'), cell: ({ from }) => day(from) },
					{ label: t('charter.until'), cell: ({ until }) => day(until) },
				]}
			/>
		</Section>
	)
}

function Section({ title, children }: { title: string; children: ReactNode }) {
	return (
		<section className="stack">
			<h2>{title}</h2>
			{children}
		</section>
	)
}
