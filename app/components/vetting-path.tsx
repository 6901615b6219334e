import type { VettingState } from '#workflows/people/vetting-case.events.ts'
import { useWords } from '#app/messages/text.tsx'
import { Icon } from './ui/icon.tsx'

const STEPS = [
	'requested',
	'sponsored',
	'invited',
	'submitted',
	'checks_running',
	'adjudication',
	'granted',
	'briefed_active',
	'debriefed',
] as const
type Step = (typeof STEPS)[number]

/** The step that a state beside the path belongs to. */
const BESIDE: Partial<Readonly<Record<VettingState, Step>>> = {
	clarification: 'checks_running',
	granted_with_conditions: 'granted',
	denied: 'adjudication',
	appeal: 'adjudication',
	review_for_cause: 'briefed_active',
	suspended: 'briefed_active',
	revoked: 'debriefed',
	expired: 'debriefed',
	lapsed_no_sponsor: 'debriefed',
	transferred_out: 'debriefed',
}

const isStep = (state: VettingState): state is Step => (STEPS as readonly string[]).includes(state)

/** The step a case is at; null for one that was withdrawn, which is at none. */
const stepOf = (state: VettingState): Step | null => (isStep(state) ? state : (BESIDE[state] ?? null))

/** The way of a case from left to right: what is behind it, where it is, what lies ahead; and where it left the path. */
export function VettingPath({ state, visited }: { state: VettingState; visited: readonly VettingState[] }) {
	const { t } = useWords()
	const now = stepOf(state)
	const been = new Set(visited.map(stepOf))
	const isBeside = !isStep(state) && state !== 'granted_with_conditions'
	return (
		<section className="card" aria-labelledby="path">
			<h2 id="path">{t('vetting.path')}</h2>
			<ol className="path">
				{STEPS.map((step) => {
					const status = step === now ? 'now' : been.has(step) ? 'done' : 'ahead'
					return (
						<li
							key={step}
							className={`path-step path-${status} ${status === 'now' && isBeside ? 'path-beside' : ''}`}
							aria-current={status === 'now' ? 'step' : undefined}
						>
							<span className="path-mark">
								{status === 'ahead' ? null : (
									<Icon name={status === 'done' ? 'check' : isBeside ? 'alarm' : 'person'} />
								)}
							</span>
							<span>{t(`vetting.step_${step}`)}</span>
							<span className="visually-hidden">
								{t(
									status === 'done'
										? 'vetting.pathDone'
										: status === 'now'
											? 'vetting.pathNow'
											: 'vetting.pathAhead',
								)}
							</span>
						</li>
					)
				})}
			</ol>
			{isBeside ? (
				<p>
					<strong>{t('vetting.branch', { state: t(`vetting.state_${state}`) })}</strong>
				</p>
			) : null}
		</section>
	)
}
