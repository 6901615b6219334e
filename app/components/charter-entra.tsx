import { Fragment } from 'react'
import type { CharterText } from '#app/services/charter/views.ts'
import { useWords } from '#app/messages/text.tsx'

/** What a charter demands of Entra ID before access is given, and does about what Entra ID holds beside the approved. */
export function CharterEntra({ entra }: { entra: CharterText['entra'] }) {
	const { t, format } = useWords()
	const { beforeGranting, endSessions, reactions, massRemoval, breakGlassAccounts } = entra
	return (
		<section className="stack" aria-labelledby="entra">
			<h2 id="entra">{t('charter.entra')}</h2>
			<div className="halves">
				<section className="card" aria-labelledby="before-granting">
					<h3 id="before-granting">{t('charter.beforeGranting')}</h3>
					<dl className="facts">
						<dt>{t('charter.phishingResistant')}</dt>
						<dd>
							{t(`charter.passkeys_${beforeGranting.passkeys}`)}{' '}
							{t(`charter.missing_${beforeGranting.method}`)}
						</dd>
						<dt>{t('charter.conditionalAccess')}</dt>
						<dd>
							{t('charter.strength')} {t(`charter.missing_${beforeGranting.conditionalAccess}`)}
						</dd>
						<dt>{t('charter.sessions')}</dt>
						<dd>{t(endSessions ? 'charter.sessions_end' : 'charter.sessions_stay')}</dd>
						<dt>{t('charter.massRemoval')}</dt>
						<dd>
							{t('charter.massRemovalText', {
								count: massRemoval.most,
								time: format.duration(massRemoval.withinMs),
							})}
						</dd>
						<dt>{t('charter.accounts')}</dt>
						<dd>
							{breakGlassAccounts.length === 0 ? (
								t('charter.accountsNone')
							) : (
								<ul className="plain">
									{breakGlassAccounts.map(({ objectId, title }) => (
										<li key={objectId}>
											{title} <code>{objectId}</code>
										</li>
									))}
								</ul>
							)}
						</dd>
					</dl>
				</section>
				<section className="card" aria-labelledby="findings">
					<h3 id="findings">{t('charter.findings')}</h3>
					<dl className="facts">
						{reactions.map(({ kind, reaction }) => (
							<Fragment key={kind}>
								<dt>{t(`charter.finding_${kind}`)}</dt>
								<dd>
									{reaction.do === 'decide'
										? t(`charter.decide_${reaction.otherwise}`, { time: format.duration(reaction.withinMs) })
										: t(`charter.reaction_${reaction.do}`)}
								</dd>
							</Fragment>
						))}
					</dl>
				</section>
			</div>
		</section>
	)
}
