/**
 * Learning-rate schedules, with the names of torch.optim.lr_scheduler.
 */
export { CosineAnnealingLR, CosineAnnealingWarmRestarts } from './cosine.ts';
export { ConstantLR, ExponentialLR, LambdaLR, LinearLR, MultiStepLR, StepLR } from './factors.ts';
export { OneCycleLR, type OneCycleOptions } from './one-cycle.ts';
export { ReduceLROnPlateau, type PlateauOptions } from './plateau.ts';
export { LRScheduler, type SchedulerState } from './scheduler.ts';
export { SequentialLR } from './sequential.ts';
