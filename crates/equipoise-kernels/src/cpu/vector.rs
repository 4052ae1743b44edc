//! One loop compiled for several instruction sets.

/// An instruction set for which loops are compiled beside the one that the target has anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vectors {
    /// 512 bits: AVX-512 F, BW, DQ and VL.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// 256 bits.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// What the target has: 128 bits on x86-64 (SSE2) and on aarch64 (NEON).
    Target,
}

impl Vectors {
    /// The widest that this processor has.
    #[inline]
    pub(crate) fn widest() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl")
            {
                return Self::Avx512;
            }
            if is_x86_feature_detected!("avx2") {
                return Self::Avx2;
            }
        }
        Self::Target
    }
}

/// Defines functions whose bodies are compiled once for each of [`Vectors`], for the compiler to
/// vectorise; a call runs the widest that the processor has.
macro_rules! vectorised {
    ($(
        $(#[$attribute:meta])*
        $visibility:vis fn $name:ident<T: Real>($($argument:ident: $type:ty),* $(,)?) $body:block
    )+) => {$(
        $(#[$attribute])*
        $visibility fn $name<T: Real>($($argument: $type),*) {
            #[inline(always)]
            fn on_target<T: Real>($($argument: $type),*) $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
            fn on_avx512<T: Real>($($argument: $type),*) {
                on_target($($argument),*);
            }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2")]
            fn on_avx2<T: Real>($($argument: $type),*) {
                on_target($($argument),*);
            }

            match $crate::cpu::vector::Vectors::widest() {
                #[cfg(target_arch = "x86_64")]
                // SAFETY: `widest` found the instructions on this processor.
                $crate::cpu::vector::Vectors::Avx512 => unsafe { on_avx512($($argument),*) },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: as above.
                $crate::cpu::vector::Vectors::Avx2 => unsafe { on_avx2($($argument),*) },
                $crate::cpu::vector::Vectors::Target => on_target($($argument),*),
            }
        }
    )+};
}

pub(crate) use vectorised;
